"$hello/bin/hello" --greeting="built, and run from $hello" >"$out"
