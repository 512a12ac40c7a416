import './vixen.cjs';
