with builtins;
[
  (filterSource (path: type: true) ./tree)
  (filterSource (path: type: false) ./tree)
  (filterSource (path: type: match ".*\\.nix" path != null || type == "directory") ./tree)
  (filterSource (path: type: baseNameOf path != "link") ./tree)
]
