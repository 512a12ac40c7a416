with builtins;
map flakeRefToString [
  { type = "github"; owner = "NixOS"; repo = "nixpkgs"; }
  { type = "github"; owner = "NixOS"; repo = "nixpkgs"; ref = "23.05"; dir = "lib"; }
  { type = "path"; path = "/a/b"; }
  { type = "git"; url = "https://example.org/r.git"; ref = "main"; }
  { type = "indirect"; id = "nixpkgs"; }
  { type = "tarball"; url = "https://example.org/a.tar.gz"; }
  (parseFlakeRef "github:o/r?dir=x")
]
