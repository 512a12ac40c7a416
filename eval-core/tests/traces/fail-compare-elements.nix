let v = let v = assert [ ]; 1; in [ v v ]; in [ v v ] < [ [ 1 ] [ ] ]
