import { openStore } from '../open.ts';
import { storeTests } from '../testing/store-tests.ts';

storeTests('memory:', (options) => openStore('memory:', options));
