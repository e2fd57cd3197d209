import { Button } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { Page, Section } from '../design/page.js'
import { Empty } from '../design/states.js'

/** An address that no page has. */
export function NotFound() {
  return (
    <Page title="Not found">
      <Section>
        <Empty title="There is no such page">
          The address may be old or mistyped. The search at the top finds anything by its name.
          <br />
          <Button component={Link} to="/" variant="default" mt="sm">
            Overview
          </Button>
        </Empty>
      </Section>
    </Page>
  )
}
