import { describe, expect, test } from 'vitest'
import { TempProject } from './support/temp-project.js'

describe('a folder that cannot be made ends the command with the name that it was given', () => {
  const files = { 'models/orders.sql': 'select 1 as id', occupied: '' }

  test.each([
    ['parse --target-path occupied', 'occupied cannot be made: something else of that name is there already'],
    ['build --target-path occupied/deep', 'occupied/deep cannot be made: a part of the path is a file'],
    ['parse --log-path occupied', 'occupied cannot be made: something else of that name is there already'],
    ['parse --target-path /dev/null/x', '/dev/null/x cannot be made: a part of the path is a file'],
    ...(process.platform === 'linux'
      ? [
          ['parse --target-path /proc/x', '/proc/x cannot be made: the system has no folders there'] as const,
          ['parse --log-path /proc/x', '/proc/x cannot be made: the system has no folders there'] as const,
        ]
      : []),
  ])('%s', async (line, message) => {
    const { output, code } = await new TempProject(files).dbt(line)
    expect(code).toBe(2)
    expect(output).toContain(message)
    expect(output).toMatch(/The folder is named by --(target|log)-path or DBT_(TARGET|LOG)_PATH\./)
  })

  test('in dbt_project.yml, with the place there', async () => {
    const project = new TempProject({
      ...files,
      'dbt_project.yml': 'name: shop\nprofile: shop\ntarget-path: occupied\n',
    })
    const { output, code } = await project.dbt('parse')
    expect(code).toBe(2)
    expect(output).toContain('at dbt_project.yml:3:1')
    expect(output).toContain('The folder is named by `target-path` in dbt_project.yml.')
  })

  test('but for the log that nobody asked for', async () => {
    const { code } = await new TempProject({ ...files, logs: '' }).dbt('parse')
    expect(code).toBe(0)
  })
})
