export {
  type BuiltinMacroPackage,
  builtinAdapterTypes,
  builtinMacroPackages,
  dispatchPrefixes,
} from './builtin-packages.js'
