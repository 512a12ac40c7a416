// What evaluation does with a store once it has opened one: loaded then, since most evaluations need none of it.
export { addArchive, addTexts, closureInfos, readWholeFile } from '@vixen/store';
export { derivationOutputs } from '@vixen/store/formats';
