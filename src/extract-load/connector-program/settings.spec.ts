import { describe, expect, it } from 'vitest'
import { holdsToSchema, type SpecObject } from '../connectors/connector-spec.suite.js'
import { commandLine } from '../runners/program.js'
import { programOf, programSettingsSchema, readProgramSettings } from './settings.js'
import { programSettingsSpec } from './spec.js'

describe.each(['source', 'destination'] as const)('spec of a %s', (role) =>
  holdsToSchema(programSettingsSpec(role) as unknown as SpecObject, programSettingsSchema, {}),
)

describe('the program', () => {
  const where = { folder: '/tmp/f', name: 'millrace-1', projectDir: '/p' }
  const line = (config: object) =>
    commandLine(
      programOf(readProgramSettings({ ...config }, 'el/c.yaml', 'source')),
      ['read', '--config', { file: 'config.json' }],
      where,
    )
  it('is found where the shell looks, or from the folder of the project', () => {
    expect(line({ command: 'source-x' })).toEqual({
      file: 'source-x',
      args: ['read', '--config', '/tmp/f/config.json'],
    })
    expect(line({ command: ['.venv/bin/python', 'main.py'] })).toEqual({
      file: '/p/.venv/bin/python',
      args: ['main.py', 'read', '--config', '/tmp/f/config.json'],
    })
  })
  it('in an image sees the files at another place, and is ended by its name', () => {
    const { file, args, container } = line({ image: 'airbyte/source-x:1', container_engine: 'podman' })
    expect(file).toBe('podman')
    expect(args).toEqual(
      expect.arrayContaining(['--rm', '--log-driver', 'none', '--name', 'millrace-1', '/tmp/f:/config:Z']),
    )
    expect(args.slice(args.indexOf('airbyte/source-x:1'))).toEqual([
      'airbyte/source-x:1',
      'read',
      '--config',
      '/config/config.json',
    ])
    expect(container).toEqual({ engine: 'podman', image: 'airbyte/source-x:1', name: 'millrace-1' })
  })
  it.each([[{}], [{ image: 'a', command: 'b' }]])('is one of the two: %j', (config) => {
    expect(() => readProgramSettings(config, 'el/c.yaml', 'source')).toThrow(/image/)
  })
})
