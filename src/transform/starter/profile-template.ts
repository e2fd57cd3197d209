import { readFileSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { parseDocument } from 'yaml'
import { makeFolder } from '../../base/index.js'
import { transformErrors } from '../errors.js'
import { isMapping, readYamlFile } from '../project/yaml-file.js'
import { type AnswerType, type Ask, askFor, askForOne } from './ask.js'

/**
 * What a target is made of, in the form of dbt's profile_template.yml: what is fixed, and what is asked. Below `prompts`,
 * `_choose_x` asks for one of several sets of questions, and `_fixed_x` is a setting that nobody is asked for.
 */
export interface ProfileTemplate {
  readonly fixed: Readonly<Record<string, unknown>>
  readonly prompts: Readonly<Record<string, unknown>>
}

/** The engines that a profile can be made for, each with its questions. */
export const profileTemplates = (
  projectName: string,
): Readonly<Record<'bigquery' | 'duckdb' | 'postgres' | 'snowflake', ProfileTemplate>> => ({
  duckdb: {
    fixed: { type: 'duckdb' },
    prompts: {
      path: { hint: 'the file of the database; it is made when it is missing', default: `${projectName}.duckdb` },
      schema: { hint: 'where the tables go', default: 'main' },
      threads: { hint: 'how many models are built at a time', type: 'int', default: 4 },
    },
  },
  postgres: {
    fixed: { type: 'postgres' },
    prompts: {
      host: { hint: 'name or address of the server', default: 'localhost' },
      port: { default: 5432, type: 'int' },
      user: { hint: 'your name there' },
      pass: { hint: 'its password', hide_input: true },
      dbname: { hint: 'the database' },
      schema: { hint: 'where your tables go', default: 'public' },
      threads: { hint: 'how many models are built at a time', type: 'int', default: 4 },
    },
  },
  bigquery: {
    fixed: { type: 'bigquery' },
    prompts: {
      _choose_authentication: {
        'what the machine has (gcloud)': { _fixed_method: 'oauth' },
        'a service account': {
          _fixed_method: 'service-account',
          keyfile: { hint: 'the file of its key' },
        },
      },
      project: { hint: 'the id of the project on Google Cloud' },
      dataset: { hint: 'where your tables go' },
      location: { hint: 'where the data is', default: 'US' },
      threads: { hint: 'how many models are built at a time', type: 'int', default: 4 },
    },
  },
  snowflake: {
    fixed: { type: 'snowflake' },
    prompts: {
      account: { hint: 'organization-account: what stands before .snowflakecomputing.com' },
      user: { hint: 'your name there' },
      _choose_authentication: {
        password: { password: { hint: 'its password', hide_input: true } },
        'key pair': {
          private_key_path: { hint: 'the file of the key, in PEM (PKCS #8)' },
          private_key_passphrase: { hint: 'its passphrase, if it has one', hide_input: true, default: '' },
        },
        'single sign-on in the browser': { _fixed_authenticator: 'externalbrowser' },
      },
      role: { hint: 'the role that builds' },
      warehouse: { hint: 'the virtual warehouse that builds' },
      database: { hint: 'the database' },
      schema: { hint: 'where your tables go' },
      threads: { hint: 'how many models are built at a time', type: 'int', default: 4 },
    },
  },
})

/** The project's own profile_template.yml. @throws what is wrong with the YAML */
export function readProfileTemplate(path: string): ProfileTemplate {
  const { mapping } = readYamlFile(path, path)
  const part = (name: string) => (isMapping(mapping[name]) ? mapping[name] : {})
  return { fixed: part('fixed'), prompts: part('prompts') }
}

const answerTypes: readonly unknown[] = ['string', 'int', 'float', 'bool']

/** Asks for what the template wants, in its order. */
export async function targetFromAnswers(
  { fixed, prompts }: ProfileTemplate,
  ask: Ask,
  tell: (line: string) => void,
): Promise<Record<string, unknown>> {
  const target: Record<string, unknown> = { ...fixed }
  const answer = async (questions: Readonly<Record<string, unknown>>): Promise<void> => {
    for (const [key, value] of Object.entries(questions)) {
      if (key.startsWith('_fixed_')) target[key.slice('_fixed_'.length)] = value
      else if (!isMapping(value)) throw invalid(key)
      else if (key.startsWith('_choose_')) {
        const what = key.slice('_choose_'.length).replaceAll('_', ' ')
        const prompt = `Desired ${what} option (enter a number)`
        const chosen = value[await askForOne(ask, tell, { prompt }, Object.keys(value))]
        if (!isMapping(chosen)) throw invalid(key)
        await answer(chosen)
      } else {
        if (value.type !== undefined && !answerTypes.includes(value.type)) throw invalid(key)
        target[key] = await askFor(ask, tell, {
          text: `${key}${value.hint === undefined ? '' : ` (${value.hint})`}`,
          type: value.type as AnswerType | undefined,
          default: value.default,
          isHidden: value.hide_input === true,
        })
      }
    }
  }
  await answer(prompts)
  return target
}

const invalid = (key: string) =>
  transformErrors.create('TRANSFORM_YAML_INVALID', {
    message: `The prompt '${key}' of profile_template.yml is not understood.`,
    hint: 'Write "host: {hint: …, default: …, type: int, hide_input: true}", "_choose_x: {a: {…}, b: {…}}" or "_fixed_x: value".',
  })

/** Puts a profile of one target into profiles.yml; what else stands there stays, comments too. */
export function writeProfile(path: string, name: string, answers: Readonly<Record<string, unknown>>): void {
  const { target = 'dev', ...output } = answers
  const document = parseDocument(readIfThere(path))
  const [problem] = document.errors
  if (problem)
    throw transformErrors.create('TRANSFORM_YAML_INVALID', {
      message: `${path} cannot be read: ${problem.message.split('\n')[0]} Nothing was written.`,
      at: { file: path, line: problem.linePos?.[0].line, column: problem.linePos?.[0].col },
      hint: 'Mend it first.',
    })
  document.set(name, document.createNode({ target, outputs: { [String(target)]: output } }))
  makeFolder(dirname(path))
  // A password may stand in it.
  writeFileSync(path, String(document), { mode: 0o600 })
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return ''
    throw error
  }
}
