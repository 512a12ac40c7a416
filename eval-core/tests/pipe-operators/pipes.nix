let add = x: y: x + y; in
[
  (1 |> add 2)
  (add 2 <| 1)
  (1 |> add 2 |> add 3 |> toString)
  (toString <| add 1 <| 2)
  ([ 3 1 2 ] |> builtins.sort builtins.lessThan |> map (x: x * 2))
  (1 + 1 |> add 1)
  (builtins.length <| [ 1 ] ++ [ 2 ])
  (true || false |> builtins.typeOf)
  (2 |> (x: x * x))
]
