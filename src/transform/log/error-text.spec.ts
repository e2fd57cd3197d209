import { describe, expect, test } from 'vitest'
import { transformErrors } from '../errors.js'
import { errorHeader, errorText, withSubject } from './error-text.js'

const orders = { resource_type: 'model', name: 'orders', original_file_path: 'models/orders.sql' }

describe('the text of an error', () => {
  test("begins with dbt's kind and the node, and ends with place and hint", () => {
    const error = transformErrors.create('TRANSFORM_COMPILE', {
      message: 'no good\nat all',
      at: { file: 'models/orders.sql', line: 3 },
      frame: '> 3 | select',
      hint: 'Mend it.',
    })
    expect(errorText(withSubject(error, orders)).split('\n')).toEqual([
      'Compilation Error in model orders (models/orders.sql)',
      '  no good',
      '  at all',
      '',
      '  at models/orders.sql:3',
      '',
      '  > 3 | select',
      '',
      '  Hint: Mend it.',
    ])
  })

  test('names the kind that its code has, or its own', () => {
    const first = (error: Parameters<typeof errorText>[0]) => errorText(error).split('\n')[0]
    expect(first(transformErrors.create('TRANSFORM_YAML_INVALID', { message: 'x' }))).toBe('Parsing Error')
    expect(errorHeader({ code: 'WAREHOUSE_UNREACHABLE', data: undefined })).toBe('Database Error')
    expect(errorHeader({ code: 'WAREHOUSE_LOCKED', data: undefined })).toBe('Runtime Error')
    const own = { message: 'x', data: { dbtType: 'Database' } }
    expect(first(transformErrors.create('TRANSFORM_COMPILE', own))).toBe('Database Error')
  })

  test('keeps the innermost node', () => {
    const error = withSubject(transformErrors.create('TRANSFORM_COMPILE', { message: 'x' }), orders)
    expect(errorText(withSubject(error, { ...orders, name: 'outer' }))).toContain('model orders')
  })
})
