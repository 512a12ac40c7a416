{ shapes, unit }:
let
  line = name: { area, around }: "${name}: ${toString area} ${unit}², ${toString around} ${unit} around";
in
[
  (line "square" (shapes.square 3))
  (line "rectangle" (shapes.rectangle 2 5))
]
