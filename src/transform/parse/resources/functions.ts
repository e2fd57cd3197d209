import type { Context, Template } from '../../../jinja/index.js'
import { holdsJinja } from '../../context/holds-jinja.js'
import type { FunctionOverload, ManifestNode } from '../../contract.js'
import { transformErrors } from '../../errors.js'
import type { DbtPackage } from '../../project/dbt-project.js'
import { isMapping, mappings } from '../../project/yaml-file.js'
import { functionFiles, type PackageFile } from '../files/files.js'
import { addNode } from '../nodes/add-node.js'
import { fileInput, readSql } from '../nodes/sql-file.js'
import { type ParseScope, parseEach } from '../scope/parse-scope.js'
import type { Property } from '../yaml/properties.js'

const languages: Readonly<Record<string, 'sql' | 'python' | 'javascript'>> = {
  sql: 'sql',
  py: 'python',
  js: 'javascript',
}

/**
 * Functions of the database's own: their body in a file below functions/, their arguments in a properties file. A file that an
 * entry names as an overload is a part of that function.
 */
export function parseFunctions(scope: ParseScope, own: DbtPackage): void {
  const owners = overloadOwners(scope, own)
  parseEach(scope, own, functionFiles(own), 'functions', (file) => {
    // Its function reads it; here it is only noted, so that a change is seen.
    if (owners.has(file.stem)) scope.tracker.text(own, file.original, file.path)
    else parseFunction(scope, own, file)
  })
}

/** By the name of its file, to which function an overload belongs. @throws TRANSFORM_YAML_INVALID */
function overloadOwners({ properties, diagnostics }: ParseScope, own: DbtPackage): Map<string, string> {
  const owners = new Map<string, string>()
  for (const { name, package: its, values, at } of properties.ofKind('functions')) {
    if (its !== own) continue
    for (const overload of mappings(values.overloads).map((one) => String(one.defined_in))) {
      const other = owners.get(overload)
      owners.set(overload, name)
      if (overload === name || other !== undefined)
        diagnostics.error(
          transformErrors.create('TRANSFORM_YAML_INVALID', {
            message:
              overload === name
                ? `Function '${name}' cannot list itself in overloads (defined_in: '${overload}').`
                : `Function overload '${overload}' (defined_in) is already used by 'function.${own.name}.${other}'. Each overload file can only belong to one root function.`,
            at,
          }),
        )
    }
  }
  return owners
}

function parseFunction(scope: ParseScope, own: DbtPackage, file: PackageFile): void {
  const name = file.stem
  const property = scope.properties.find('function', name, own)
  if (file.ending === 'js')
    throw transformErrors.create('TRANSFORM_YAML_INVALID', {
      message: `Function '${name}' uses JavaScript, which is not supported on '${scope.invocation.target.type}'.`,
      at: { file: file.original },
      hint: 'Write its body in SQL.',
    })
  const overloads = property ? overloadsOf(scope, own, property) : []
  addNode(scope, {
    type: 'function',
    ...fileInput(own, file, name),
    ...readSql(scope, own, file),
    property,
    extra: {
      language: languages[file.ending] as 'sql',
      arguments: property ? argumentsOf(property.values, name, property) : [],
      returns: returnsOf(property),
      overloads,
    },
    ...(overloads.length > 0 && { render: (node, contextOf) => renderAll(scope, node, overloads, contextOf) }),
  })
}

/** What overloads refer to, their function depends on. */
function renderAll(
  scope: ParseScope,
  node: ManifestNode,
  overloads: readonly FunctionOverload[],
  contextOf: () => Context,
): Template | undefined {
  const [template] = [node.raw_code, ...overloads.map(({ raw_body }) => raw_body ?? '')].map((source) => {
    if (!holdsJinja(source)) return undefined
    const compiled = scope.environment.compile({ name: node.original_file_path, source })
    compiled.renderSync(contextOf())
    return compiled
  })
  return template
}

function overloadsOf(scope: ParseScope, own: DbtPackage, property: Property): FunctionOverload[] {
  return mappings(property.values.overloads).map((one) => {
    const name = String(one.defined_in)
    const file = functionFiles(own).find((candidate) => candidate.stem === name)
    if (!file)
      throw transformErrors.create('TRANSFORM_YAML_INVALID', {
        message: `Function overload '${name}' (defined_in) not found. Expected a SQL file at functions/${name}.sql`,
        at: property.at,
      })
    scope.tracker.read(`file:${file.path}`)
    return {
      defined_in: name,
      arguments: argumentsOf(one, name, property),
      returns: isMapping(one.returns)
        ? { data_type: one.returns.data_type, description: one.returns.description ?? null }
        : null,
      description: typeof one.description === 'string' ? one.description : null,
      raw_body: readSql(scope, own, file).code,
      compiled_body: null,
    }
  })
}

function argumentsOf(values: Record<string, unknown>, name: string, { at }: Property): Record<string, unknown>[] {
  const all = mappings(values.arguments).map((one) => ({
    name: one.name,
    data_type: one.data_type,
    description: one.description ?? null,
    default_value: one.default_value ?? null,
  }))
  const firstDefault = all.findIndex(({ default_value }) => default_value !== null)
  const late =
    firstDefault < 0 ? undefined : all.slice(firstDefault).find(({ default_value }) => default_value === null)
  if (late)
    throw transformErrors.create('TRANSFORM_YAML_INVALID', {
      message: `Non-defaulted argument '${String(late.name)}' of function '${name}' comes after a defaulted argument. Non-defaulted arguments cannot come after defaulted arguments. Put those with a default_value last.`,
      at,
    })
  return all
}

/** A function whose entry says nothing of it, or that has none, can be parsed; its materialization asks for it. */
function returnsOf(property: Property | undefined): Record<string, unknown> {
  const returns = isMapping(property?.values.returns) ? property.values.returns : {}
  return { data_type: returns.data_type ?? 'INVALID_TYPE', description: returns.description ?? null }
}
