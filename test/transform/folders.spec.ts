import { describe, expect, test } from 'vitest'
import { TempProject } from './support/temp-project.js'

describe('a folder that cannot be made ends the command with the name that it was given', () => {
  const files = { 'models/orders.sql': 'select 1 as id', occupied: '' }

  const onLinux: [string, string][] = [
    ['parse --target-path /proc/x', '/proc/x cannot be made: the system has no folders there'],
    ['parse --log-path /proc/x', '/proc/x cannot be made: the system has no folders there'],
  ]
  test.each([
    ['parse --target-path occupied', 'occupied cannot be made: something else of that name is there already'],
    ['build --target-path occupied/deep', 'occupied/deep cannot be made: a part of the path is a file'],
    ['parse --log-path occupied', 'occupied cannot be made: something else of that name is there already'],
    ['parse --target-path /dev/null/x', '/dev/null/x cannot be made: a part of the path is a file'],
    ...(process.platform === 'linux' ? onLinux : []),
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

  test('with what it would be called otherwise, where nobody named it', async () => {
    const { output } = await new TempProject({ ...files, target: '' }).dbt('parse')
    expect(output).toContain('The folder is called so unless `target-path` in dbt_project.yml')
    expect(output).not.toContain('at dbt_project.yml')
  })

  test('but for the log that nobody asked for', async () => {
    const { code } = await new TempProject({ ...files, logs: '' }).dbt('parse')
    expect(code).toBe(0)
  })
})

describe('init over what is there', () => {
  const init = async (files: Readonly<Record<string, string>>) => {
    const project = new TempProject(files)
    project.remove('dbt_project.yml')
    return project.dbt('init half --skip-profile-setup')
  }

  test.each([
    [{ 'half/dbt_project.yml': 'name: half\n' }, 'Its profile is set up with `cd half` and `dbt init` there'],
    [{ 'half/models/a.sql': 'select 1' }, 'The folder half has no dbt_project.yml'],
    [{ half: '' }, 'half is a file.'],
  ])('leaves %o alone, and says what to do', async (files, message) => {
    const { output, code } = await init(files)
    expect(code).toBe(0)
    expect(output).toContain('A project called half already exists here.')
    expect(output).toContain(message)
  })
})
