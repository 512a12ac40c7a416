declare module 'lzma-native';
