with builtins;
let p = path; in
{
  plain = p { path = ./tree; };
  named = p { path = ./tree; name = "other"; };
  file = p { path = ./tree/a.txt; };
  flat = p { path = ./tree/a.txt; recursive = false; };
  filtered = p { path = ./tree; filter = path: type: type != "directory"; };
  onlyDirs = p { path = ./tree; filter = path: type: type == "directory"; };
  executable = p { path = ./tree/run.sh; };
  hashed = p { path = ./tree/a.txt; recursive = false; sha256 = hashFile "sha256" ./tree/a.txt; };
  string = p { path = toString ./tree; };
  followsLink = p { path = ./link-to-tree; };
  interpolatedLink = "${./link-to-tree}";
  context = attrNames (getContext (p { path = ./tree; }));
  type = typeOf (p { path = ./tree; });
}
