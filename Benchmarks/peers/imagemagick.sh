#!/bin/sh
# ImageMagick, one thread in each process. Only `mogrify` (6) and `magick` (7) that identify themselves count:
# other programs are also called `convert`.
set -eu
tool() {
    if magick -version 2>/dev/null | grep -q '^Version: ImageMagick'; then echo "magick $1"
    elif "$1" -version 2>/dev/null | grep -q '^Version: ImageMagick'; then echo "$1"
    fi
}
split() { # LIST WORKERS: how many files each process takes
    count=$(tr -cd '\0' <"$1" | wc -c)
    echo $(((count + $2 - 1) / $2))
}
export MAGICK_THREAD_LIMIT=1 OMP_NUM_THREADS=1
case $1 in
describe)
    mogrify=$(tool mogrify)
    [ -n "$mogrify" ] || exit 3
    version=$($mogrify -version | sed -n 's/^Version: ImageMagick \([^ ]*\).*/\1/p')
    printf 'hint\tImageMagick mogrify, with a size hint\t%s\tprepare\tjpg,progressive\tjpg,png\t\n' "$version"
    printf 'plain\tImageMagick mogrify\t%s\tprepare\tjpg,progressive,png,gif,webp\tjpg,png,webp\tslow\n' "$version"
    printf 'identify\tImageMagick identify -ping\t%s\tcheck\tjpg,png,gif,webp\t-\tslow\n' "$version"
    ;;
prepare)
    id=$2
    set -- -format "$FORMAT" -path "$OUT" -resize "${WIDTH}x${HEIGHT}!" -strip
    if [ "$id" = hint ]; then set -- -define "jpeg:size=${WIDTH}x${HEIGHT}" "$@"; fi
    case $FORMAT in
    jpg) set -- "$@" -sampling-factor 4:2:0 -quality "$QUALITY" ;;
    webp) set -- "$@" -define webp:lossless=true ;;
    esac
    # Only the first frame of an animation is requested; these files have one.
    exec xargs -0 -P "$WORKERS" -n "$(split "$LIST" "$WORKERS")" $(tool mogrify) "$@" <"$LIST"
    ;;
check)
    exec xargs -0 -P "$WORKERS" -n "$(split "$LIST" "$WORKERS")" $(tool identify) -ping <"$LIST"
    ;;
esac
