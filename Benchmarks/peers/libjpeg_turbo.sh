#!/bin/sh
# libjpeg-turbo's own commands: decode at the smallest eighth that is not below the target size, encode that.
# No resampling, so the pictures are larger than requested. The actual floor, in one process, is `jpeg-floor`.
set -eu
case $1 in
describe)
    command -v djpeg >/dev/null && command -v cjpeg >/dev/null || exit 3
    version=$(djpeg -version 2>&1 | sed -n 's/^libjpeg-turbo version \([^ ]*\).*/\1/p')
    printf 'commands\tdjpeg -scale, cjpeg (no resampling)\t%s\tprepare\tjpg,progressive\tjpg\tunscaled\n' "$version"
    ;;
prepare)
    scale=1
    while [ "$scale" -lt 8 ] && [ $((SOURCE_WIDTH * scale / 8)) -lt "$WIDTH" ]; do scale=$((scale + 1)); done
    export SCALE="$scale/8"
    exec xargs -0 -P "$WORKERS" -n 1 sh -c \
        'name=${1##*/}; djpeg -scale "$SCALE" -pnm "$1" | cjpeg -quality "$QUALITY" >"$OUT/${name%.*}.jpg"' sh <"$LIST"
    ;;
esac
