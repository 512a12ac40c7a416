# What the filter is asked: every entry below an accepted folder, with its type.
with builtins;
let seen = path: type: trace "${baseNameOf path} ${type}" (stringLength (dirOf path) > 1); in
filterSource seen ./tree
