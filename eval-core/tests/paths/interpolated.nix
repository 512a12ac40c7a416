let x = "X"; d = "d/e"; in
[
  ./${x}
  ./a/${x}/b
  ./a${x}b
  /r/${d}/f
  ./${x}${x}
  ./${"."}
  ./${"../y"}
  ./a.${x}.nix
  (builtins.typeOf ./${x})
]
