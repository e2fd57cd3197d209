import { ActionIcon, Code, CopyButton, Text } from '@mantine/core'
import { IconCheck, IconCopy } from '@tabler/icons-react'
import type { AutomationView } from '../../../../src/server/contract/index.js'
import classes from './automation.module.css'

/** Where a sender has to send, to be copied to there. */
export function WebhookAddress({ address, secret, hasSecret }: NonNullable<AutomationView['webhook']>) {
  const url = address.startsWith('/') ? `${window.location.origin}${address}` : address
  return (
    <>
      <div className={classes.address}>
        waits for <Code>POST {url}</Code>
        <CopyButton value={url}>
          {({ copied, copy }) => (
            <ActionIcon
              variant="subtle"
              size="sm"
              color="gray"
              aria-label={copied ? 'Copied' : 'Copy the address'}
              onClick={copy}
            >
              {copied ? <IconCheck size={14} /> : <IconCopy size={14} />}
            </ActionIcon>
          )}
        </CopyButton>
      </div>
      {!hasSecret && (
        <Text size="sm" c="var(--status-bad)" role="alert">
          Takes nothing: the server has no environment variable {secret}, which holds the secret.
        </Text>
      )}
    </>
  )
}
