{#- For adapters whose views can be replaced in one statement. -#}
{% macro create_or_replace_view() %}
  {%- set name = model['alias'] -%}
  {%- set existing = adapter.get_relation(database=database, schema=schema, identifier=name) -%}
  {%- set goal = api.Relation.create(database=database, schema=schema, identifier=name, type='view') -%}
  {{ run_hooks(pre_hooks) }}
  {%- if existing is not none and existing.is_table -%}
    {{ handle_existing_table(should_full_refresh(), existing) }}
  {%- endif -%}
  {% call statement('main') -%}
    {{ get_create_view_as_sql(goal, sql) }}
  {%- endcall %}
  {% do apply_grants(goal, config.get('grants'), should_revoke=should_revoke(existing, full_refresh_mode=True)) %}
  {{ run_hooks(post_hooks) }}
  {% do return({'relations': [goal]}) %}
{% endmacro %}

{% macro handle_existing_table(full_refresh, old_relation) %}
  {{ adapter.dispatch('handle_existing_table', 'dbt')(full_refresh, old_relation) }}
{% endmacro %}

{% macro default__handle_existing_table(full_refresh, old_relation) %}
  {% do log('A view takes the place of the table ' ~ old_relation.render()) %}
  {% do adapter.drop_relation(old_relation) %}
{% endmacro %}
