{#- The audited version takes the place of the published one. -#}
{% macro publish_audited(draft) %}
  {{ publish_table(draft, this.incorporate(type='table'), load_cached_relation(this)) }}
{% endmacro %}

{#-
  A new version takes the table's name where the catalog changes within the transaction: the old one goes with no backup. What belongs to
  the table that people read comes behind it: indexes, with which DuckDB would not rename it, grants, comments and post-hooks.
  `existing`: what was there before the new version was built. It is asked for again: a hook may have dropped it.
-#}
{% macro publish_table(draft, goal, existing) %}
  {{ drop_relation_if_exists(load_cached_relation(this)) }}
  {{ adapter.rename_relation(draft, goal) }}
  {% do create_indexes(goal) %}
  {% do apply_grants(goal, config.get('grants'), should_revoke=should_revoke(existing, full_refresh_mode=True)) %}
  {% do persist_docs(goal, model) %}
  {{ run_hooks(post_hooks, inside_transaction=True) }}
  {{ adapter.commit() }}
  {{ run_hooks(post_hooks, inside_transaction=False) }}
{% endmacro %}
