let f = name: { ${name} = x: { ... }: y: throw name; }; in [ ((f "a").a 1 { } 1) (f "b") ]
