{% materialization view, adapter='spark' -%}
  {{ return(create_or_replace_view()) }}
{%- endmaterialization %}

{#- A table of files cannot be renamed into the place of another one at once: the old one goes first. Delta and Iceberg replace theirs. -#}
{% materialization table, adapter='spark', supported_languages=['sql', 'python'] %}
  {%- set name = model['alias'] -%}
  {%- set existing = adapter.get_relation(database=database, schema=schema, identifier=name) -%}
  {%- set goal = api.Relation.create(database=database, schema=schema, identifier=name, type='table') -%}
  {%- set format = config.get('file_format') -%}
  {{ run_hooks(pre_hooks) }}

  {%- set is_replaced = existing is not none and (
    (existing.is_delta and format == 'delta') or (existing.is_iceberg and format == 'iceberg')
  ) -%}
  {%- if not is_replaced -%}
    {%- do adapter.drop_relation(goal.incorporate(type='table' if existing is none else existing.type)) -%}
  {%- endif -%}
  {% call statement('main', language=model['language']) -%}
    {{ create_table_as(False, goal, compiled_code, model['language']) }}
  {%- endcall %}

  {% do apply_grants(goal, config.get('grants'), should_revoke(existing, full_refresh_mode=True)) %}
  {% do persist_docs(goal, model) %}
  {% do persist_constraints(goal, model) %}
  {{ run_hooks(post_hooks) }}
  {{ return({'relations': [goal]}) }}
{% endmaterialization %}

{#- A shallow clone is Delta Lake's, and a model in another format is not made as a view instead. -#}
{% macro spark__can_clone_table() %}
  {%- set format = config.get('file_format') -%}
  {%- if format != 'delta' -%}
    {%- do exceptions.raise_compiler_error("Invalid file format: " ~ format ~ "\nshallow clone requires file_format be set to 'delta'") -%}
  {%- endif -%}
  {{ return(True) }}
{% endmacro %}

{% macro spark__create_or_replace_clone(this_relation, defer_relation) %}
  create or replace table {{ this_relation }} shallow clone {{ defer_relation }}
{% endmacro %}
