import { expect, it } from 'vitest'
import { baseErrors, createLogger, type LogRecord, registerSecret } from '../../base/index.js'
import { jsonLogLine, textLogLine } from './logger-line.js'

function recorded(say: (logger: ReturnType<typeof createLogger>) => void): LogRecord {
  const records: LogRecord[] = []
  say(createLogger((record) => records.push(record)))
  return records[0] as LogRecord
}
const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'

it('is one JSON object in one line, with the error and the span around it, and without secrets', () => {
  registerSecret('hush-0815')
  const error = baseErrors.create('FILE_NOT_FOUND', {
    message: 'a.yml is not there\nhush-0815',
    hint: 'Make it.',
    at: { file: 'a.yml', line: 3 },
    cause: new Error('inside'),
  })
  const line = jsonLogLine(
    recorded((logger) => logger.with({ run: 'r' }).error('It\nfailed', { error, step: 's', token: 'hush-0815' })),
    { process: 'engine', traceparent },
  )
  expect(line).not.toContain('\n')
  expect(line).not.toContain('hush')
  expect(JSON.parse(line)).toEqual({
    time: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
    level: 'error',
    message: 'It\nfailed',
    process: 'engine',
    trace_id: '0af7651916cd43dd8448eb211c80319c',
    span_id: 'b7ad6b7169203331',
    run: 'r',
    step: 's',
    token: '**********',
    error: {
      code: 'FILE_NOT_FOUND',
      message: 'a.yml is not there\n**********',
      hint: 'Make it.',
      at: { file: 'a.yml', line: 3 },
    },
  })
})

it('has no field that takes the place of what every line has', () => {
  const record = recorded((logger) => logger.info('said', { level: 'none', time: 0, process: 'server' }))
  const line = JSON.parse(jsonLogLine(record, { process: 'up' }))
  expect(line).toMatchObject({ level: 'info', message: 'said', process: 'server' })
  expect(line.time).toBe(record.at.toISOString())
  expect(line).not.toHaveProperty('trace_id')
})

it('tells people why, once, and only the first line', () => {
  expect(textLogLine(recorded((logger) => logger.info('done', { run: 'r' })))).toBe('done')
  const error = new Error('no space\nleft')
  expect(textLogLine(recorded((logger) => logger.warn('Not kept', { error })))).toBe('warn: Not kept: no space')
  expect(textLogLine(recorded((logger) => logger.warn('Not kept: no space', { error })))).toBe(
    'warn: Not kept: no space',
  )
})
