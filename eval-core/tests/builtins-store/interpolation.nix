with builtins;
[ "${./tree}" "${./tree/a.txt}" "${./tree/sub}/b.nix" (toString ./tree == "${./tree}") (baseNameOf "${./tree/run.sh}") "${./tree/link}" ]
