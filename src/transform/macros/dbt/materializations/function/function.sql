{#- Functions of the database's own: made, or replaced, by the macro for their type and language. -#}
{%- materialization function, default, supported_languages=['sql', 'python', 'javascript'] -%}
  {%- if model.returns.data_type == 'INVALID_TYPE' -%}
    {%- do exceptions.raise_compiler_error("The function '" ~ model.name ~ "' does not say what it returns. Describe it in a properties file: functions: [{ name: " ~ model.name ~ ", arguments: [{ name: x, data_type: integer }], returns: { data_type: integer } }].") -%}
  {%- endif -%}
  {%- set existing = load_cached_relation(this) -%}
  {%- set goal = this.incorporate(type='function') -%}
  {%- set macro_name = this.get_function_macro_name(this.get_function_config(model)) -%}
  {#- Under another name: the macro is known only now, so it cannot be looked for while parsing. -#}
  {%- set find = adapter.dispatch -%}
  {{ run_hooks(pre_hooks) }}
  {{ function_execute_build_sql(find(macro_name, 'dbt')(goal), existing, goal) }}
  {{ run_hooks(post_hooks) }}
  {{ return({'relations': [goal]}) }}
{%- endmaterialization -%}

{% macro function_execute_build_sql(build_sql, existing_relation, target_relation) %}
  {{ return(adapter.dispatch('function_execute_build_sql', 'dbt')(build_sql, existing_relation, target_relation)) }}
{% endmacro %}
{% macro default__function_execute_build_sql(build_sql, existing_relation, target_relation) %}
  {% call statement('main') %}
    {{ build_sql }}
  {% endcall %}
  {% do apply_grants(target_relation, config.get('grants'), should_revoke=should_revoke(existing_relation, full_refresh_mode=True)) %}
  {% do persist_docs(target_relation, model) %}
  {{ adapter.commit() }}
{% endmacro %}
