import { readYaml, type YamlDocument } from '../../../base/index.js'

type Path = readonly (string | number)[]

/** The YAML of a connection. What an error shows of it tells a form as well which setting is meant. */
export interface ConnectionDocument extends YamlDocument {
  show(path: Path): ReturnType<YamlDocument['show']> & { readonly data: { readonly path: Path } }
}

/** @throws YAML_SYNTAX */
export function readConnectionDocument(text: string, file: string): ConnectionDocument {
  const document = readYaml(text, file)
  return { ...document, show: (path) => ({ ...document.show(path), data: { path } }) }
}
