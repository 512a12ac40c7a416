/**
 * What `getFlake` makes of a lock file: the outputs of the root node, every input fetched only when it is looked at. Arguments: the text of
 * flake.lock, the trees that are fetched already by node, and the fetcher.
 */
export const FLAKE_SOURCE: string = `lockText: fetched: fetchTree:
let
  lock = builtins.fromJSON lockText;

  # an input is the name of a node, or a path of inputs that starts at the root
  nodeOf = input: if builtins.isList input then builtins.foldl' step lock.root input else input;
  step = node: input: nodeOf lock.nodes.\${node}.inputs.\${input};

  nodes = builtins.mapAttrs evaluate lock.nodes;

  evaluate =
    key: node:
    let
      known = fetched ? \${key};
      relative = !known && node.locked.type or null == "path" && builtins.substring 0 1 node.locked.path != "/";
      parent = nodes.\${builtins.foldl' step lock.root node.parent};
      below = path: if path == "" then "" else "/" + path;

      sourceInfo =
        if known then
          fetched.\${key}.sourceInfo
        else if relative then
          parent.sourceInfo
        else
          fetchTree (node.info or { } // removeAttrs node.locked [ "dir" ]);

      outPath =
        if relative then
          parent.outPath + below node.locked.path
        else
          sourceInfo.outPath + below (fetched.\${key}.dir or node.locked.dir or "");

      flake = import (outPath + "/flake.nix");
      inputs = builtins.mapAttrs (name: input: nodes.\${nodeOf input}.result) (node.inputs or { });
      outputs = flake.outputs (inputs // { self = whole; });
      whole = outputs // sourceInfo // {
        inherit outPath inputs outputs sourceInfo;
        _type = "flake";
      };
    in
    {
      result =
        if node.flake or true then
          assert builtins.isFunction flake.outputs;
          whole
        else
          sourceInfo // { inherit sourceInfo outPath; };
      inherit outPath sourceInfo;
    };
in
nodes.\${lock.root}.result
`;
export const FLAKE_PATH: string = '/call-flake.nix';
