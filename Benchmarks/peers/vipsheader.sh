#!/bin/sh
# libvips' own way to read sizes.
set -eu
case $1 in
describe)
    command -v vipsheader >/dev/null || exit 3
    printf 'vipsheader\tvipsheader\t%s\tcheck\tjpg,png,gif,webp\t-\tslow\n' \
        "$(vipsheader --version | sed 's/^vips-\([0-9.]*\).*/\1/')"
    ;;
check)
    count=$(tr -cd '\0' <"$LIST" | wc -c)
    exec xargs -0 -P "$WORKERS" -n $(((count + WORKERS - 1) / WORKERS)) vipsheader <"$LIST"
    ;;
esac
