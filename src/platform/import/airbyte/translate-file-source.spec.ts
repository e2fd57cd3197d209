import { expect, it } from 'vitest'
import { fileSettings } from './translate-file-source.js'

const https = {
  dataset_name: 'days',
  format: 'csv',
  url: 'https://example.com/days.csv',
  provider: { storage: 'HTTPS', user_agent: false },
}

it('takes a file with options that ours has, and leaves what it has not to Airbyte', () => {
  expect(fileSettings('file', { ...https, reader_options: '{"sep": ";", "skiprows": 2}' })).toEqual({
    streams: [{ name: 'days', path: 'https://example.com/days.csv', format: 'csv', delimiter: ';', skip_rows: 2 }],
  })
  expect(fileSettings('file', { ...https, reader_options: '{"na_values": "-"}' })).toBeUndefined()
  expect(fileSettings('file', { ...https, reader_options: '{"header": 3}' })).toBeUndefined()
  expect(fileSettings('file', { ...https, format: 'feather' })).toBeUndefined()
  expect(fileSettings('file', { ...https, provider: { storage: 'SCP', host: 'x' } })).toBeUndefined()
})

it('takes buckets with who reads them', () => {
  const provider = { storage: 'S3', aws_access_key_id: 'A', aws_secret_access_key: '**********' }
  expect(fileSettings('file', { ...https, url: 'lake/days.csv', provider })).toMatchObject({
    streams: [{ path: 's3://lake/days.csv' }],
    s3: { access_key_id: 'A', secret_access_key: '**********' },
  })
  const stream = {
    name: 'orders',
    globs: ['orders/**/*.csv'],
    format: { filetype: 'csv', delimiter: '|', encoding: 'utf8' },
  }
  const s3 = { bucket: 'lake', streams: [stream], endpoint: 'http://minio:9000', region_name: '' }
  expect(fileSettings('s3', s3)).toEqual({
    streams: [{ name: 'orders', path: 's3://lake/orders/**/*.csv', format: 'csv', delimiter: '|' }],
    s3: { endpoint: 'http://minio:9000' },
  })
  expect(fileSettings('s3', { ...s3, streams: [{ ...stream, globs: ['a/*.csv', 'b/*.csv'] }] })).toBeUndefined()
  expect(fileSettings('s3', { ...s3, streams: [{ ...stream, format: { filetype: 'avro' } }] })).toBeUndefined()
  expect(fileSettings('s3', { ...s3, role_arn: 'arn:aws:iam::1:role/x' })).toBeUndefined()
})
