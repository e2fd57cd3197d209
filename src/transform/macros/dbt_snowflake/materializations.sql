{#- Views and tables are replaced in one statement. Around all of it stands the node's query tag. -#}
{%- materialization view, adapter='snowflake' -%}
  {%- set tag = set_query_tag() -%}
  {%- set existing = load_cached_relation(this) -%}
  {%- set goal = this.incorporate(type='view') -%}
  {{ run_hooks(pre_hooks) }}
  {%- if existing is not none and not existing.is_view -%}
    {{ handle_existing_table(should_full_refresh(), existing) }}
  {%- endif -%}
  {% call statement('main') -%}
    {{ get_create_view_as_sql(goal, sql) }}
  {%- endcall %}
  {% do apply_grants(goal, config.get('grants'), should_revoke=should_revoke(existing is not none and existing.is_view, full_refresh_mode=True)) %}
  {{ run_hooks(post_hooks) }}
  {% do persist_docs(goal, model, for_columns=false) %}
  {% do unset_query_tag(tag) %}
  {{ return({'relations': [goal]}) }}
{%- endmaterialization -%}

{%- materialization table, adapter='snowflake', supported_languages=['sql'] -%}
  {%- set tag = set_query_tag() -%}
  {%- set existing = load_cached_relation(this) -%}
  {%- set goal = this.incorporate(type='table') -%}
  {{ run_hooks(pre_hooks) }}
  {%- if existing is not none and not existing.is_table -%}
    {{ drop_relation_if_exists(existing) }}
  {%- endif -%}
  {% call statement('main') -%}
    {{ create_table_as(False, goal, sql) }}
  {%- endcall %}
  {{ run_hooks(post_hooks) }}
  {% do apply_grants(goal, config.get('grants'), should_revoke=should_revoke(existing, full_refresh_mode=True)) %}
  {% do persist_docs(goal, model) %}
  {% do unset_query_tag(tag) %}
  {{ return({'relations': [goal]}) }}
{%- endmaterialization -%}

{%- materialization seed, adapter='snowflake' -%}
  {%- set tag = set_query_tag() -%}
  {%- set made = materialization_seed_default() -%}
  {% do unset_query_tag(tag) %}
  {{ return(made) }}
{%- endmaterialization -%}

{%- materialization snapshot, adapter='snowflake' -%}
  {%- set tag = set_query_tag() -%}
  {%- set made = materialization_snapshot_default() -%}
  {% do unset_query_tag(tag) %}
  {{ return(made) }}
{%- endmaterialization -%}

{%- materialization test, adapter='snowflake' -%}
  {%- set tag = set_query_tag() -%}
  {%- set made = materialization_test_default() -%}
  {% do unset_query_tag(tag) %}
  {{ return(made) }}
{%- endmaterialization -%}
