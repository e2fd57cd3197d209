{%- materialization view, default -%}
  {%- set goal = this.incorporate(type='view') -%}
  {%- set existing = load_cached_relation(this) -%}
  {%- set intermediate = make_intermediate_relation(goal) -%}
  {#- Leftovers of a run that died. -#}
  {%- set stale_intermediate = load_cached_relation(intermediate) -%}
  {%- set backup = make_backup_relation(goal, 'view' if existing is none else existing.type) if keeps_backup_relation() else none -%}
  {%- set stale_backup = load_cached_relation(backup) if backup is not none else none -%}

  {{ run_hooks(pre_hooks, inside_transaction=False) }}
  {{ drop_relation_if_exists(stale_intermediate) }}
  {{ drop_relation_if_exists(stale_backup) }}
  {{ run_hooks(pre_hooks, inside_transaction=True) }}

  {% call statement('main') -%}
    {{ get_create_view_as_sql(intermediate, sql) }}
  {%- endcall %}

  {#- Asked again: a hook may have dropped it. -#}
  {% set existing = load_cached_relation(existing) if existing is not none else none %}
  {% if backup is none %}
    {{ drop_relation_if_exists(existing) }}
  {% elif existing is not none %}
    {{ adapter.rename_relation(existing, backup) }}
  {% endif %}
  {{ adapter.rename_relation(intermediate, goal) }}

  {% do apply_grants(goal, config.get('grants'), should_revoke=should_revoke(existing, full_refresh_mode=True)) %}
  {% do persist_docs(goal, model) %}

  {{ run_hooks(post_hooks, inside_transaction=True) }}
  {{ adapter.commit() }}
  {{ drop_relation_if_exists(backup) }}
  {{ run_hooks(post_hooks, inside_transaction=False) }}

  {{ return({'relations': [goal]}) }}
{%- endmaterialization -%}
