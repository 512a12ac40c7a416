var __defProp=Object.defineProperty;var __getOwnPropDesc=Object.getOwnPropertyDescriptor;var __getOwnPropNames=Object.getOwnPropertyNames;var __hasOwnProp=Object.prototype.hasOwnProperty;var __export=(target,all)=>{for(var name in all)__defProp(target,name,{get:all[name],enumerable:true})};var __copyProps=(to,from,except,desc)=>{if(from&&typeof from==="object"||typeof from==="function"){for(let key of __getOwnPropNames(from))if(!__hasOwnProp.call(to,key)&&key!==except)__defProp(to,key,{get:()=>from[key],enumerable:!(desc=__getOwnPropDesc(from,key))||desc.enumerable})}return to};var __toCommonJS=mod=>__copyProps(__defProp({},"__esModule",{value:true}),mod);var stdin_exports={};__export(stdin_exports,{groupRun:()=>groupRun});module.exports=__toCommonJS(stdin_exports);var import_chunk_I7BOQ5SM=require("./chunk-I7BOQ5SM.cjs");var import_chunk_XAECZNCA=require("./chunk-XAECZNCA.cjs");var column=26;function overview(program,about,group){const lines=Object.entries(group).flatMap(([name,entry])=>entry.hidden?[]:[`  ${name.padEnd(column-3)} ${entry.about}`]);return`Usage: ${program} COMMAND [ARGUMENTS]

${about}

Commands:
${lines.join("\n")}

\`${program} COMMAND --help\` says more about a command.
`}function find(group,name){if(Object.hasOwn(group,name))return group[name];return Object.values(group).find(({aliases=[]})=>aliases.includes(name))}function groupRun(about,group){return async(program,[name,...args])=>{if(name===void 0||name==="--help"||name==="-h"){(name===void 0?import_chunk_XAECZNCA.writeErr:import_chunk_XAECZNCA.writeOut)(overview(program,about,group));return name===void 0?1:0}const entry=find(group,name);if(entry)return(await entry.load())(`${program} ${name}`,args);const[best]=(0,import_chunk_I7BOQ5SM.nearest)((0,import_chunk_I7BOQ5SM.bestMatches)(Object.keys(group),name));const hint=best?`. Did you mean '${best.text}'?`:"";(0,import_chunk_XAECZNCA.writeErr)(`error: '${name}' is not a recognised command of ${program}${hint}
Try '${program} --help' for more information.
`);return 1}}0&&(module.exports={groupRun});
