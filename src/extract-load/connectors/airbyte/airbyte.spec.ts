import { describe, expect, it } from 'vitest'
import { commandLine } from '../../runners/program.js'
import { holdsToSchema, type SpecObject } from '../connector-spec.suite.js'
import { airbyteConfigSchema, programOf, readConfig } from './config.js'
import { airbyteConnector } from './index.js'

describe('spec', () => holdsToSchema(airbyteConnector.spec as unknown as SpecObject, airbyteConfigSchema, {}))

describe('the program', () => {
  const where = { folder: '/tmp/f', name: 'millrace-1', projectDir: '/p' }
  const line = (config: object) =>
    commandLine(programOf(readConfig({ ...config }, 'el/c.yaml')), ['read', '--config', { file: 'config.json' }], where)
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
    const { file, args, kill } = line({ image: 'airbyte/source-x:1', container_engine: 'podman' })
    expect(file).toBe('podman')
    expect(args).toEqual(expect.arrayContaining(['--rm', '--name', 'millrace-1', '/tmp/f:/config']))
    expect(args.slice(args.indexOf('airbyte/source-x:1'))).toEqual([
      'airbyte/source-x:1',
      'read',
      '--config',
      '/config/config.json',
    ])
    expect(kill).toEqual({ file: 'podman', args: ['kill', 'millrace-1'] })
  })
  it.each([[{}], [{ image: 'a', command: 'b' }]])('is one of the two: %j', (config) => {
    expect(() => readConfig(config, 'el/c.yaml')).toThrow(/image/)
  })
})
