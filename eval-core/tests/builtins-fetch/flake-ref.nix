with builtins;
map parseFlakeRef [
  "github:NixOS/nixpkgs" "github:NixOS/nixpkgs/nixos-23.11" "github:NixOS/nixpkgs?ref=main&dir=lib" "path:/a/b" "path:./rel?dir=x"
  "git+https://example.org/repo.git?ref=main" "git+file:///a/b" "https://example.org/a.tar.gz" "tarball+https://example.org/a" "file+https://example.org/a"
  "nixpkgs" "nixpkgs/release-23.11" "gitlab:owner/repo" "sourcehut:~user/repo" "hg+https://example.org/repo" "flake:nixpkgs"
  "github:o/r/0123456789012345678901234567890123456789"
]
