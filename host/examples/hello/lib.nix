# The few functions that a package set is made of.
let
  inherit (builtins) attrNames baseNameOf concatMap elem filter foldl' functionArgs groupBy intersectAttrs isAttrs isFunction listToAttrs mapAttrs match readDir;
in
rec {
  # The value that a function makes of itself: packages see the finished set, not the half made one.
  fix = f: let final = f final; in final;

  # One overlay over a set: `final` is the finished set, `prev` what was below.
  extends = overlay: below: final: let prev = below final; in prev // overlay final prev;

  composeExtensions = overlays: base: foldl' (below: overlay: extends overlay below) base overlays;

  # A function's result, with `override` to make it again with other arguments.
  makeOverridable = f: args:
    let result = f args; in
    if isAttrs result then result // { override = change: makeOverridable f (args // (if isFunction change then change args else change)); } else result;

  callPackageWith = scope: file: args:
    let
      f = if isFunction file then file else import file;
      wanted = functionArgs f;
      missing = filter (name: !wanted.${name} && !(scope ? ${name}) && !(args ? ${name})) (attrNames wanted);
    in
    if missing != [ ] then throw "${toString file} needs ${builtins.concatStringsSep ", " missing}, which the set does not have" else makeOverridable f (intersectAttrs wanted scope // args);

  isDerivation = value: isAttrs value && value.type or "" == "derivation";

  genAttrs = names: f: listToAttrs (map (name: { inherit name; value = f name; }) names);

  filterAttrs = keep: set: listToAttrs (concatMap (name: if keep name set.${name} then [ { inherit name; value = set.${name}; } ] else [ ]) (attrNames set));

  # `f` of every Nix file in a folder, under the file's name without its suffix.
  mapFiles = f: folder:
    let
      nixName = file: match "(.*)\\.nix" file;
      files = filter (file: nixName file != null) (attrNames (readDir folder));
    in
    listToAttrs (map (file: { name = builtins.head (nixName file); value = f (folder + "/${file}"); }) files);

  # Names by what a function says of the values.
  groupNames = f: set: groupBy (name: f set.${name}) (attrNames set);

  optional = condition: value: if condition then [ value ] else [ ];

  unique = foldl' (seen: value: if elem value seen then seen else seen ++ [ value ]) [ ];
}
