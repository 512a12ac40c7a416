var __defProp=Object.defineProperty;var __getOwnPropDesc=Object.getOwnPropertyDescriptor;var __getOwnPropNames=Object.getOwnPropertyNames;var __hasOwnProp=Object.prototype.hasOwnProperty;var __export=(target,all)=>{for(var name in all)__defProp(target,name,{get:all[name],enumerable:true})};var __copyProps=(to,from,except,desc)=>{if(from&&typeof from==="object"||typeof from==="function"){for(let key of __getOwnPropNames(from))if(!__hasOwnProp.call(to,key)&&key!==except)__defProp(to,key,{get:()=>from[key],enumerable:!(desc=__getOwnPropDesc(from,key))||desc.enumerable})}return to};var __toCommonJS=mod=>__copyProps(__defProp({},"__esModule",{value:true}),mod);var stdin_exports={};__export(stdin_exports,{overview:()=>overview});module.exports=__toCommonJS(stdin_exports);var import_chunk_I7BOQ5SM=require("./chunk-I7BOQ5SM.cjs");var import_chunk_XAECZNCA=require("./chunk-XAECZNCA.cjs");var import_chunk_JFIIG6OM=require("./chunk-JFIIG6OM.cjs");var import_chunk_LKKRSOTE=require("./chunk-LKKRSOTE.cjs");var import_chunk_3SVP446U=require("./chunk-3SVP446U.cjs");var import_chunk_N6EZCQMF=require("./chunk-N6EZCQMF.cjs");var text=`Usage: vixen COMMAND [ARGUMENTS]

Nix without Nix: evaluates the Nix language in WebAssembly.

Commands:
  eval               evaluate an expression and print its value
  instantiate        print the derivations of an expression
  parse              print the syntax tree of an expression
  repl               evaluate interactively
  store              work on a store: add, ls, cat, copy, verify, gc, \u2026
  hash               compute and convert hashes
  key                make keys that sign store paths
  nar                make and read archives
  link DIR           make links of the drop-in commands

What Nix's own commands of these names do:
  nix, nix-hash, nix-instantiate, nix-store

Examples:
  vixen eval -E '1 + 1'
  vixen eval -f '<nixpkgs>' hello.drvPath
  vixen store add ./src
  vixen nix-instantiate '<nixpkgs>' -A hello

\`vixen COMMAND --help\` says more about a command.
`;function overview(word,known){if(word===void 0||word==="--help"||word==="-h"||word==="help"){(0,import_chunk_XAECZNCA.writeOut)(text);return 0}const[best]=(0,import_chunk_I7BOQ5SM.nearest)((0,import_chunk_I7BOQ5SM.bestMatches)(known,word));(0,import_chunk_XAECZNCA.writeErr)(`error: '${word}' is not a command of vixen${best?`. Did you mean '${best.text}'?`:""}
Try 'vixen --help' for more information.
`);return 1}0&&(module.exports={overview});
