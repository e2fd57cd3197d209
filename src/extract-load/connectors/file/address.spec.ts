import { describe, expect, it } from 'vitest'
import { addressProblem, bucketAddress, secretsOf, serverAddress, shownAddress } from './address.js'

describe('an address', () => {
  it.each([
    ['s3://lake/a.csv', { bucket: 'lake', path: 'a.csv' }],
    ['s3://my.lake-1//in/*.csv', { bucket: 'my.lake-1', path: 'in/*.csv' }],
    ['gs://my_lake/a b/ü%2F?.csv', { bucket: 'my_lake', path: 'a b/ü%2F?.csv' }],
  ])('%s is one of a bucket', (address, expected) => expect(bucketAddress(address)).toEqual(expected))

  it.each([
    ['sftp://host/a.csv', { user: undefined, host: 'host', port: undefined, path: '/a.csv' }],
    [
      'sftp://me@files.example.com:2222/~/in/*.csv',
      { user: 'me', host: 'files.example.com', port: 2222, path: '/~/in/*.csv' },
    ],
    ['sftp://[::1]:22/a.csv', { user: undefined, host: '::1', port: 22, path: '/a.csv' }],
  ])('%s is one of a server', (address, expected) => expect(serverAddress(address)).toEqual(expected))

  it.each([['data/*.csv'], ['/srv/a.csv'], ['C:\\data\\a.csv'], ['npm:vega-datasets/data/a.csv'], ['https://h/a']])(
    '%s is none that is wrong',
    (path) => expect(addressProblem(path)).toBeUndefined(),
  )
})

describe('what is shown of an address', () => {
  it.each([
    ['https://h/a.csv?day=1', 'https://h/a.csv?day=1'],
    ['https://me:my-password@h:8443/a.csv', 'https://h:8443/a.csv'],
    ['https://h/a.csv?day=1&token=t', 'https://h/a.csv?day=1&token=***'],
    [
      'https://b.s3.amazonaws.com/a.csv?X-Amz-Credential=AKIA%2F1&X-Amz-Date=2&X-Amz-Signature=abc&X-Amz-Security-Token=d',
      'https://b.s3.amazonaws.com/a.csv?X-Amz-Credential=***&X-Amz-Date=2&X-Amz-Signature=***&X-Amz-Security-Token=***',
    ],
    ['https://h/a.csv?sv=1&sig=abc%3D', 'https://h/a.csv?sv=1&sig=***'],
  ])('%s', (address, shown) => expect(shownAddress(address)).toBe(shown))

  it('is nothing of what signs in', () => {
    expect(secretsOf('https://me:my%20password@h/a?key=2024&sig=0123456789abcdef%3D')).toEqual([
      'my password',
      '0123456789abcdef=',
    ])
    expect(secretsOf('https://only-a-token@h/a')).toEqual(['only-a-token'])
    expect(secretsOf('https://h/a?day=1')).toEqual([])
  })
})
