{#-
  The audited version takes the place of the published one. What belongs to the table that people read comes behind it:
  indexes, with which DuckDB would not rename it, grants, comments and post-hooks.
-#}
{% macro publish_audited(draft) %}
  {%- set goal = this.incorporate(type='table') -%}
  {%- set existing = load_cached_relation(this) -%}
  {{ drop_relation_if_exists(existing) }}
  {{ adapter.rename_relation(draft, goal) }}
  {% do create_indexes(goal) %}
  {% do apply_grants(goal, config.get('grants'), should_revoke=should_revoke(existing, full_refresh_mode=True)) %}
  {% do persist_docs(goal, model) %}
  {{ run_hooks(post_hooks, inside_transaction=True) }}
  {{ adapter.commit() }}
  {{ run_hooks(post_hooks, inside_transaction=False) }}
{% endmacro %}
