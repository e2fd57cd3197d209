{#-
  What another environment has of this node, made to be seen here: a copy where the warehouse can copy a table without
  copying its rows, else a view of it. What is there already stays, without --full-refresh.
-#}
{%- materialization clone, default -%}
  {%- if not defer_relation -%}
    {%- do log('The other environment has no relation for ' ~ model.unique_id, info=True) -%}
    {{ return({'relations': []}) }}
  {%- endif -%}
  {%- set existing = load_cached_relation(this) -%}
  {%- if existing and not flags.FULL_REFRESH -%}
    {%- do log('Relation ' ~ existing ~ ' already exists', info=True) -%}
    {{ return({'relations': []}) }}
  {%- endif -%}

  {%- set other = load_cached_relation(defer_relation) -%}
  {%- if can_clone_table() and other and other.is_table -%}
    {%- set goal = this.incorporate(type='table') -%}
    {%- if existing and not existing.is_table -%}
      {{ drop_relation_if_exists(existing) }}
    {%- endif -%}
    {%- if goal.render() != defer_relation.render() -%}
      {%- call statement('main') -%}
        {{ create_or_replace_clone(goal, defer_relation) }}
      {%- endcall -%}
    {%- endif -%}
    {%- do apply_grants(goal, config.get('grants'), should_revoke=should_revoke(existing, full_refresh_mode=True)) -%}
    {%- do persist_docs(goal, model) -%}
    {{ return({'relations': [goal]}) }}
  {%- endif -%}

  {%- set as_view = context.get('materialization_view_' ~ adapter.type()) or context.get('materialization_view_default') -%}
  {{ return(as_view()) }}
{%- endmaterialization -%}

{% macro can_clone_table() %}
  {{ return(adapter.dispatch('can_clone_table', 'dbt')()) }}
{% endmacro %}
{% macro default__can_clone_table() %}
  {{ return(False) }}
{% endmacro %}

{% macro create_or_replace_clone(this_relation, defer_relation) %}
  {{ return(adapter.dispatch('create_or_replace_clone', 'dbt')(this_relation, defer_relation)) }}
{% endmacro %}
{% macro default__create_or_replace_clone(this_relation, defer_relation) %}
  create or replace table {{ this_relation.render() }} clone {{ defer_relation.render() }}
{% endmacro %}
