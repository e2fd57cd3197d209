export { type BuiltinMacroPackage, builtinMacroPackages, dispatchPrefixes } from './builtin-packages.js'
