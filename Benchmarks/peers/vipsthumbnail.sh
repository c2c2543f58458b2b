#!/bin/sh
# libvips' own command. Each process uses one core when several run in parallel.
set -eu
case $1 in
describe)
    command -v vipsthumbnail >/dev/null || exit 3
    version=$(vipsthumbnail --version | sed 's/^vips-\([0-9.]*\).*/\1/')
    inputs=jpg,progressive,png,gif,webp
    printf 'processes\tvipsthumbnail, a process for each worker\t%s\tprepare\t%s\tjpg,png,webp\t\n' "$version" "$inputs"
    printf 'one\tvipsthumbnail, one process\t%s\tprepare\t%s\tjpg,png,webp\t\n' "$version" "$inputs"
    ;;
prepare)
    case $FORMAT in
    jpg) target="$OUT/%s.jpg[Q=$QUALITY,strip]" ;;
    png) target="$OUT/%s.png[strip]" ;;
    webp) target="$OUT/%s.webp[lossless,strip]" ;;
    esac
    if [ "$2" = one ]; then
        export VIPS_CONCURRENCY="$WORKERS"
        exec xargs -0 vipsthumbnail --size "${WIDTH}x${HEIGHT}!" -o "$target" <"$LIST"
    fi
    export VIPS_CONCURRENCY=1
    count=$(tr -cd '\0' <"$LIST" | wc -c)
    exec xargs -0 -P "$WORKERS" -n $(((count + WORKERS - 1) / WORKERS)) \
        vipsthumbnail --size "${WIDTH}x${HEIGHT}!" -o "$target" <"$LIST"
    ;;
esac
