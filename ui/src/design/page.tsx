import { Card, Group, Stack, Text, Title } from '@mantine/core'
import { type ReactNode, useEffect } from 'react'
import classes from './page.module.css'

/** Where document titles end: the project, so that two windows can be told apart. */
let projectName = 'Millrace'
export const setProjectName = (name: string) => {
  projectName = name
}

/** Names the browser's tab and its history entry. */
export function useTitle(title: string): void {
  useEffect(() => {
    document.title = `${title} · ${projectName}`
  }, [title])
}

/** A page's head (what it is, what is known of it at a glance, what can be done) and its body. */
export function Page({
  title,
  tabTitle,
  aside,
  actions,
  lead,
  children,
}: {
  title: string
  /** In the browser's tab, where it differs. */
  tabTitle?: string
  /** Beside the title: a status. */
  aside?: ReactNode
  actions?: ReactNode
  /** One line below the title. */
  lead?: ReactNode
  children: ReactNode
}) {
  useTitle(tabTitle ?? title)
  return (
    <Stack gap="md" className={classes.page}>
      <header className={classes.head}>
        <div className={classes.words}>
          <Group gap="sm" align="center">
            <Title order={1} style={{ overflowWrap: 'anywhere' }}>
              {title}
            </Title>
            {aside}
          </Group>
          {lead && (
            <Text size="sm" c="dimmed" component="div">
              {lead}
            </Text>
          )}
        </div>
        {actions && <Group gap="xs">{actions}</Group>}
      </header>
      {children}
    </Stack>
  )
}

/** A panel with a small heading; `isFlush` lets a table reach its edges. */
export function Section({
  title,
  aside,
  children,
  isFlush = false,
  id,
}: {
  title?: string
  aside?: ReactNode
  children: ReactNode
  isFlush?: boolean
  id?: string
}) {
  return (
    <Card component="section" aria-label={title} padding={0} id={id}>
      {title && (
        <div className={classes.sectionHead}>
          <Title order={2} className={classes.sectionTitle}>
            {title}
          </Title>
          {aside && (
            <Text size="sm" c="dimmed" component="div">
              {aside}
            </Text>
          )}
        </div>
      )}
      <div className={isFlush ? undefined : classes.sectionBody}>{children}</div>
    </Card>
  )
}
