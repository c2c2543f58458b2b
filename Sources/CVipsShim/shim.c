// The C surface of libvips.
