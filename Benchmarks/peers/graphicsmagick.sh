#!/bin/sh
# GraphicsMagick with a size hint, one thread in each process.
set -eu
export OMP_NUM_THREADS=1
case $1 in
describe)
    command -v gm >/dev/null || exit 3
    version=$(gm version | sed -n 's/^GraphicsMagick \([^ ]*\).*/\1/p')
    printf 'hint\tGraphicsMagick mogrify, with a size hint\t%s\tprepare\tjpg,progressive\tjpg,png\t\n' "$version"
    ;;
prepare)
    count=$(tr -cd '\0' <"$LIST" | wc -c)
    # It appends the whole path of a source to the output folder, so the sources are passed by name.
    # +profile '*' drops all metadata.
    cd "$SOURCES"
    tr '\0' '\n' <"$LIST" | sed 's|.*/||' | tr '\n' '\0' |
        xargs -0 -P "$WORKERS" -n $(((count + WORKERS - 1) / WORKERS)) \
            gm mogrify -size "${WIDTH}x${HEIGHT}" -format "$FORMAT" -output-directory "$OUT" \
            -resize "${WIDTH}x${HEIGHT}!" +profile '*' -sampling-factor 2x2 -quality "$QUALITY"
    ;;
esac
