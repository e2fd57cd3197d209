{#-
  A materialized view is made, made anew, changed or refreshed: whichever its existing form and `on_configuration_change` ask for.
-#}
{%- materialization materialized_view, default -%}
  {%- set goal = this.incorporate(type='materialized_view') -%}
  {%- set existing = load_cached_relation(this) -%}
  {%- set intermediate = make_intermediate_relation(goal) -%}
  {%- set backup = make_backup_relation(goal, 'materialized_view' if existing is none else existing.type) -%}

  {{ materialized_view_setup(backup, intermediate, pre_hooks) }}
  {% set build_sql = materialized_view_get_build_sql(existing, goal, backup, intermediate) %}
  {% if build_sql == '' %}
    {{ materialized_view_execute_no_op(goal) }}
  {% else %}
    {{ materialized_view_execute_build_sql(build_sql, existing, goal, post_hooks) }}
  {% endif %}
  {{ materialized_view_teardown(backup, intermediate, post_hooks) }}
  {{ return({'relations': [goal]}) }}
{%- endmaterialization -%}

{#- Clears away what a run that died may have left. -#}
{% macro materialized_view_setup(backup_relation, intermediate_relation, pre_hooks) %}
  {{ drop_relation_if_exists(load_cached_relation(backup_relation)) }}
  {{ drop_relation_if_exists(load_cached_relation(intermediate_relation)) }}
  {{ run_hooks(pre_hooks, inside_transaction=False) }}
{% endmacro %}

{% macro materialized_view_teardown(backup_relation, intermediate_relation, post_hooks) %}
  {{ drop_relation_if_exists(backup_relation) }}
  {{ drop_relation_if_exists(intermediate_relation) }}
  {{ run_hooks(post_hooks, inside_transaction=False) }}
{% endmacro %}

{#- The statement that this run needs; '' when nothing is to be done. -#}
{% macro materialized_view_get_build_sql(existing_relation, target_relation, backup_relation, intermediate_relation) %}
  {% if existing_relation is none %}
    {% do return(get_create_materialized_view_as_sql(target_relation, sql)) %}
  {% elif should_full_refresh() or not existing_relation.is_materialized_view %}
    {% do return(get_replace_sql(existing_relation, target_relation, sql)) %}
  {% endif %}
  {% set changes = get_materialized_view_configuration_changes(existing_relation, config) %}
  {% if changes is none %}
    {% do return(refresh_materialized_view(target_relation)) %}
  {% elif _applies_changes(target_relation) %}
    {% do return(get_alter_materialized_view_as_sql(
      target_relation, changes, sql, existing_relation, backup_relation, intermediate_relation)) %}
  {% endif %}
  {% do return('') %}
{% endmacro %}

{#- Whether what changed of a relation's settings is to be applied to it, by `on_configuration_change`. -#}
{% macro _applies_changes(relation) %}
  {% set reaction = config.get('on_configuration_change') %}
  {% set found = 'Configuration changes were identified and `on_configuration_change` was set to `' ~ reaction ~ '` for `' ~ relation.render() ~ '`' %}
  {% if reaction == 'apply' %}
    {% do return(true) %}
  {% elif reaction == 'continue' %}
    {% do exceptions.warn(found) %}
    {% do return(false) %}
  {% elif reaction == 'fail' %}
    {% do exceptions.raise_fail_fast_error(found) %}
  {% endif %}
  {% do exceptions.raise_compiler_error('on_configuration_change must be apply, continue or fail, not: ' ~ reaction) %}
{% endmacro %}

{% macro materialized_view_execute_no_op(target_relation) %}
  {% do store_raw_result(name='main', message='skip ' ~ target_relation, code='skip', rows_affected='-1') %}
{% endmacro %}

{% macro materialized_view_execute_build_sql(build_sql, existing_relation, target_relation, post_hooks) %}
  {{ run_hooks(pre_hooks, inside_transaction=True) }}
  {% call statement('main') %}
    {{ build_sql }}
  {% endcall %}
  {% do apply_grants(target_relation, config.get('grants'), should_revoke=should_revoke(existing_relation, full_refresh_mode=True)) %}
  {% do persist_docs(target_relation, model) %}
  {{ run_hooks(post_hooks, inside_transaction=True) }}
  {{ adapter.commit() }}
{% endmacro %}
